"""`python -m game_server.shipper`, for hosts where nothing is installed but httpx."""

import sys

from game_server.shipper.main import main

if __name__ == "__main__":
    sys.exit(main())
