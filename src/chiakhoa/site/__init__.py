"""The composition root: settings, addresses, navigation, the first page, the command line. Imports all, imported by none."""
