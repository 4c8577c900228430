"""`python -m hierbench` is the program `hierbench`."""

import sys

from hierbench.cli import main

sys.exit(main())
