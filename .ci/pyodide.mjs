// Run the tests on Pyodide, which is CPython for WebAssembly: node pyodide.mjs CHECKOUT
import { loadPyodide } from "pyodide";

const pyodide = await loadPyodide();
pyodide.FS.mkdir("/checkout");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: process.argv[2] }, "/checkout");
process.exitCode = pyodide.runPython(`
import os, sys, unittest
os.chdir("/checkout")
sys.path.insert(0, "/checkout")
sys.dont_write_bytecode = True
print("CPython", sys.version)
result = unittest.main(module=None, argv=["python -m unittest", "-v"], exit=False).result
int(not result.wasSuccessful())
`);
