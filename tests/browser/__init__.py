import pytest

pytest.register_assert_rewrite("tests.browser.console_looks", "tests.browser.console_looks_running")
