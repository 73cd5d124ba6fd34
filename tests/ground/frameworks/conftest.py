"""What is loaded before the cast opens the pages of the frameworks."""

import pytest


@pytest.fixture
def facts(frameworks):
    return frameworks
