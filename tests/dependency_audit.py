"""Ask the vulnerability service about every installed package: ``python -m tests.dependency_audit`` (``make audit``).

Fails for a known vulnerability. Where the service cannot be reached, or knows nothing of a package, that is said and
does not fail: the gate is as good as the service behind it, and runs where there is one.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

PATIENCE_SECONDS = 120


def main() -> int:
    """Return 1 where a package has a known vulnerability, else 0."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            sys.executable,
            "-m",
            "pip_audit",
            "--local",
            "--skip-editable",
            "--progress-spinner",
            "off",
        ]
        try:
            done = subprocess.run(
                [*command, "--timeout", "5", "--format", "json", "--output", str(report)],
                capture_output=True,
                text=True,
                timeout=PATIENCE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            print(f"Not audited: the vulnerability service did not answer in {PATIENCE_SECONDS} s.")
            return 0
        if not report.exists():
            lines = done.stderr.strip().splitlines() or ["no word"]
            print(f"Not audited: no vulnerability service can be reached ({lines[-1][:200]}).")
            return 0
        return judge(report.read_text())


def judge(report: str) -> int:
    """Say what a report of pip-audit says, and return 1 where that is a vulnerability."""
    packages = json.loads(report)["dependencies"]
    unknown = [each for each in packages if "skip_reason" in each]
    vulnerable = [each for each in packages if each.get("vulns")]
    for each in vulnerable:
        ids = ", ".join(vuln["id"] for vuln in each["vulns"])
        print(f"{each['name']} {each['version']}: {ids}")
    print(
        f"{len(packages) - len(unknown)} of {len(packages)} packages were audited, {len(vulnerable)} are vulnerable;"
        f" of {len(unknown)} the service knows nothing."
    )
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
