"""``python -m luoshi``."""

from luoshi.cli.main import main

main()
