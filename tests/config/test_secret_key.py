import stat

from config import secret_key


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "secret_key"
    key = secret_key.read_or_make(path)
    assert len(key) == 50
    assert secret_key.read_or_make(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
