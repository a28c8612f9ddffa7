"""bin/format: sorted imports, formatted code, formatted templates."""

import subprocess
import sys
from pathlib import Path

from ground import settings


def main() -> int:
    """Format the files named, or everything."""
    root = settings.ROOT
    named = [Path(word).resolve() for word in sys.argv[1:]]
    code = [str(path) for path in named if path.suffix == ".py" or path.is_dir()]
    templates = [str(path) for path in named or sorted((root / "templates").rglob("*.html")) if path.suffix == ".html"]
    tools = root / ".venv" / "bin"
    if code or not named:
        subprocess.run([tools / "ruff", "check", "--select", "I", "--fix", "--quiet", *code], cwd=root, check=False)
        subprocess.run([tools / "ruff", "format", "--quiet", *code], cwd=root, check=True)
    if templates:
        # djade exits with 1 when it changed something.
        subprocess.run([tools / "djade", "--target-version", "5.2", *templates], cwd=root, check=False)
    return 0
