"""Fixtures of the tests with the real tools."""
import pytest

from interop.prisma.engine import Engine


@pytest.fixture(scope="session")
def prisma_engine():
    """Prisma's own schema engine: prisma_engine("deploy", url=..., migrations=..., schema=...)."""
    engine = Engine()
    yield engine
    engine.stop()
