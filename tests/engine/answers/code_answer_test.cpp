#include "engine/answers/code_answer.hpp"

#include <doctest/doctest.h>

using namespace retort;

namespace {

std::string found_in(std::string_view completion) {
  return engine::find_code_answer(completion, engine::python_fences);
}

}  // namespace

TEST_CASE("the code of a completion is its fenced block, else all of it") {
  const std::string fenced = "Here it is:\n```python\nx = 1\n```\nThat is all.";
  CHECK(found_in(fenced) == "x = 1\n");
  CHECK(found_in("```Python\r\nx = 1\r\n```") == "x = 1\n");
  CHECK(found_in("~~~py\nx = 1\n~~~") == "x = 1\n");
  CHECK(found_in("```python title=\"a.py\"\nx = 1\n```") == "x = 1\n");
  CHECK(found_in("```{.python}\nx = 1\n```") == "x = 1\n");
  CHECK(found_in("```\nx = 1\n```") == "x = 1\n");
  CHECK(found_in("x = 1\ny = 2") == "x = 1\ny = 2");
  CHECK(found_in("") == "");
}

TEST_CASE("blocks of the language are joined, others are not") {
  CHECK(found_in("```python\na\n```\nand\n```python\nb\n```") == "a\nb\n");
  CHECK(found_in("```bash\npip install x\n```\n```python\na\n```\nOutput:\n```\n5\n```") == "a\n");
  CHECK(found_in("```python\na\n```\n```python\n>>> a\n1\n```") == "a\n");
  CHECK(found_in("```\na\n```\nOutput:\n```\n5\n```") == "a\n");
  CHECK(found_in("```json\n{}\n```\n```\na\n```") == "a\n");
  CHECK(found_in("```pythonic\na\n```") == "```pythonic\na\n```");
}

TEST_CASE("a block ends with as many marks as it began with, or with the answer") {
  CHECK(found_in("````python\ns = '''\n```\n'''\n````") == "s = '''\n```\n'''\n");
  CHECK(found_in("```python\n~~~\n```") == "~~~\n");
  CHECK(found_in("```python\ndef f():\n    \"\"\"```x```\"\"\"\n    return 1\n```\nend") ==
        "def f():\n    \"\"\"```x```\"\"\"\n    return 1\n");
  CHECK(found_in("```python\nx = 1\ny =") == "x = 1\ny =\n");
  CHECK(found_in("a ```python x``` b") == "a ```python x``` b");
}

TEST_CASE("a block in a list loses its indentation and no more") {
  CHECK(found_in("1. So:\n   ```python\n   def f():\n       return 1\n\n   f()\n   ```") ==
        "def f():\n    return 1\n\nf()\n");
  CHECK(found_in("  ```python\nx\n ```") == "x\n");
}

TEST_CASE("what was thought aloud is no answer") {
  CHECK(found_in("<think>\n```python\nwrong\n```\n</think>\n```python\nright\n```") == "right\n");
  CHECK(found_in("<think>\n```python\nwrong\n```") == "");
}
