"""`python -m zhengming` is `zm`."""

from zhengming.cli import main

if __name__ == "__main__":
    main()
