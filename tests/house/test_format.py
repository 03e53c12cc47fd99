"""Every C++ file is as clang-format leaves it (make format)."""

import subprocess

from sources import ROOT, files, report


def misformatted(paths: list[str]) -> list[str]:
    result = subprocess.run(["clang-format-19", "--dry-run", "-Werror", "--ferror-limit=1", *paths], cwd=ROOT,
                            capture_output=True, text=True)
    found = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "clang-format-violations" in line})
    assert (result.returncode == 0) == (not found), result.stderr
    return found


def test_the_tree_is_formatted():
    violations = misformatted([file.path for file in files() if file.is_cpp])
    assert not violations, report(violations)


def test_a_misformatted_file_is_found(tmp_path):
    (tmp_path / ".clang-format").write_text((ROOT / ".clang-format").read_text())
    bad = tmp_path / "bad.cpp"
    bad.write_text("int  f( ){return 1 ;}\n")
    good = tmp_path / "good.cpp"
    good.write_text("int f();\n")
    assert misformatted([str(bad), str(good)]) == [str(bad)]
