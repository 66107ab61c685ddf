"""What "python -c" runs: the modules beside this file, as a package, from the dictionary CARRIED of their texts that tools/embed-package.py puts in front."""
import importlib
import importlib.machinery
import sys

PACKAGE = "brant_helper"


class Carried:
    """Finder and loader in one, as importlib wants them."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == PACKAGE or (name.startswith(PACKAGE + ".") and name[len(PACKAGE) + 1:] in CARRIED):  # noqa: F821
            return importlib.machinery.ModuleSpec(name, Carried, is_package=name == PACKAGE)

    @staticmethod
    def create_module(spec):
        return None

    @staticmethod
    def exec_module(module):
        name = module.__name__[len(PACKAGE) + 1:]
        if name:
            exec(compile(CARRIED[name], f"<brant's {name}.py>", "exec"), module.__dict__)  # noqa: F821


if sys.path and sys.path[0] == "":  # alembic's command does not look in the folder that it runs in, unless alembic.ini says so
    del sys.path[0]
sys.meta_path.append(Carried)
importlib.import_module(PACKAGE + ".main").main()
