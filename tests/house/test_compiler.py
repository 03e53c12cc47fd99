"""g++ is refused, with the reason, before anything is compiled (docs/decisions/0001-clang.md)."""

import shutil
import subprocess

import pytest

from sources import ROOT


@pytest.mark.skipif(shutil.which("g++") is None, reason="there is no g++ to refuse")
def test_gcc_is_refused_with_the_reason(tmp_path):
    result = subprocess.run(["cmake", "-G", "Ninja", "-S", ROOT, "-B", tmp_path, "-DCMAKE_CXX_COMPILER=g++"],
                            capture_output=True, text=True)
    assert result.returncode != 0
    words = " ".join(result.stderr.split())
    assert "g++ 12 miscompiles ordinary coroutines" in words
    assert "docs/decisions/0001-clang.md" in words
