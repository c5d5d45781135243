"""Pictures of Dagster's pages for docs/, after a ./run demo. By hand, with Debian's chromium:

apt-get install chromium
.venv/bin/python -m tests.screenshots
"""

import os
import subprocess
import sys
from tempfile import TemporaryDirectory

from orchestration import database, refreshing, settings
from tests.test_dagster import webserver

PAGES = {
    "dagster": "/asset-groups",
    "dagster-feed": "/assets/housing/tenancy?view=checks&checkDetail=meets_expectations",
}


def main() -> None:
    """Take each picture."""
    database.ensure_running()
    refreshing.prepare_home()
    with webserver() as address, TemporaryDirectory() as profile:
        for name, page in PAGES.items():
            picture = settings.ROOT / "docs" / f"{name}.png"
            command = ["chromium", "--headless=new", "--disable-gpu", f"--user-data-dir={profile}"]
            command += ["--window-size=1600,1000", "--virtual-time-budget=30000"]
            command += ["--no-sandbox"] if os.geteuid() == 0 else []
            subprocess.run(
                [*command, f"--screenshot={picture}", address + page], check=True, stderr=sys.stderr
            )


if __name__ == "__main__":
    main()
