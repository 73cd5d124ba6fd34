"""`python -m chiakhoa` is the console script."""

from chiakhoa.site.command import main

main()
