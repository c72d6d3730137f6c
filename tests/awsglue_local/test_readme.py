import re
from pathlib import Path

import awsglue_local


def test_the_example_of_the_readme_runs(glue, capsys):
    readme = Path(awsglue_local.__file__).with_name("README.md").read_text()
    example = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]

    exec(compile(example, "README.md", "exec"), {})

    shown = capsys.readouterr().out.splitlines()
    assert ['"tags.val": "x"' in shown[0], '"tags.val": "y"' in shown[1], len(shown)] == [True, True, 3]
