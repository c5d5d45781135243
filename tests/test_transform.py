"""How the dbt project is read, whatever an earlier run left behind."""

import json

from orchestration import transform


def test_a_manifest_that_a_kill_cut_short_is_written_again(manifest):
    whole = transform.manifest_path().read_bytes()
    for left in (whole[:1000], b""):
        transform.manifest_path().write_bytes(left)
        transform.ensure_parsed()
        assert json.loads(transform.manifest_path().read_bytes())["nodes"].keys() == (
            manifest["nodes"].keys()
        )
