#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main():
    """Run one management command with the portal's settings, seeing the portal as script/server runs it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bawaslu_portal.settings")
    from bawaslu_portal import embedded

    embedded.read_server_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
