#include "engine/prompt/constant_prompt.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;
using lines = std::vector<std::string>;

TEST_CASE("a prompt that says the same for every record is warned of, with the near miss") {
  config run;
  run.prompt.user = "Solve {q}";
  CHECK(
      warn_of_constant_templates(run) ==
      lines{"prompt.user has no tag: every record is asked the same; did you mean {{q}} for {q}?"});
  run.prompt.user = "Hello";
  CHECK(
      warn_of_constant_templates(run) ==
      lines{"prompt.user has no tag: every record is asked the same; a field is written {{name}}"});
  run.prompt.user.reset();
  run.prompt.messages = {{"system", "Be brief."}, {"user", "Hello"}};
  CHECK(warn_of_constant_templates(run).size() == 1);
  CHECK(warn_of_constant_templates(run)[0].starts_with("prompt.messages has no tag: "));
}

TEST_CASE("one tag anywhere in the prompt is enough") {
  config run;
  run.prompt.system = "Be brief.";
  run.prompt.user = "{{#a}}x{{/a}}";
  CHECK(warn_of_constant_templates(run).empty());
  run.prompt.system = "You know {{topic}}.";
  run.prompt.user = "Hello";
  CHECK(warn_of_constant_templates(run).empty());
  run.prompt = {};
  run.prompt.messages_field = "messages";
  CHECK(warn_of_constant_templates(run).empty());
}

TEST_CASE("a reference without a tag is warned of, too") {
  config run;
  run.prompt.user = "{{q}}";
  run.reference = {"5", {}};
  CHECK(warn_of_constant_templates(run) ==
        lines{"reference.template has no tag: every record has the same reference; a field is "
              "written {{name}}"});
}
