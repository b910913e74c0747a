// The configs of configs/: each is sound as it stands, and its rehearsal, a line of its header,
// makes training data without a key.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/child_process.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::string_view tables[] = {"model_quirks.yaml", "prices.yaml"};  // no configs

std::vector<std::string> gallery() {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(in_source("configs"))) {
    const std::string name = file.path().filename().string();
    const bool is_table = std::ranges::find(tables, name) != std::end(tables);
    if (name.ends_with(".yaml") && !is_table) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

// A directory in which the configs' paths lead somewhere, what is not ours included.
class place {
 public:
  place() {
    std::filesystem::create_directory_symlink(in_source("configs"), files_.path() + "/configs");
    files_.file("data/gsm8k/train.jsonl", R"({"question": "2 + 2?", "answer": "4\n#### 4"})");
  }

  outcome shell(const std::string& line) const {
    command what;
    what.words = {"/bin/sh", "-c", line};
    what.environment["PATH"] = in_build("") + ":/usr/bin:/bin";
    for (const char* const who : {"OPENAI", "ANTHROPIC", "GEMINI", "DEEPSEEK", "TOGETHER"}) {
      what.environment[std::string(who) + "_API_KEY"] = "sk-of-nobody-at-all";
    }
    what.directory = files_.path();
    what.output = files_.path() + "/output";
    what.errors = files_.path() + "/errors";
    return finish(child_process(what));
  }

 private:
  temporary_directory files_;
};

// "#   retort run ... provider: mock ..." of the header; empty where there is none.
std::string rehearsal_of(const std::string& name) {
  std::istringstream text(content_of(in_source("configs/" + name)));
  for (std::string line; std::getline(text, line) && line.starts_with("#");) {
    const bool rehearses = line.starts_with("#   retort run configs/" + name + " ") &&
                           line.find("provider: mock") != std::string::npos;
    if (rehearses) return line.substr(4);
  }
  return {};
}

}  // namespace

TEST_CASE("every config of configs/ passes retort check as it stands") {
  const place here;
  REQUIRE(gallery().size() >= 9);
  for (const std::string& name : gallery()) {
    const outcome left = here.shell("retort check configs/" + name);
    CAPTURE(name);
    CAPTURE(left.errors);
    CHECK(left.status == 0);
    CHECK(left.output.find("the first request ") != std::string::npos);
  }
}

TEST_CASE("every config of configs/ can be rehearsed without a key, as its header says") {
  const place here;
  for (const std::string& name : gallery()) {
    const std::string line = name == "quickstart.yaml"  // is its own
                                 ? "retort run configs/quickstart.yaml --limit 50"
                                 : rehearsal_of(name);
    CAPTURE(name);
    REQUIRE(line != "");
    const outcome left = here.shell(line);
    CAPTURE(left.output);
    CAPTURE(left.errors);
    CHECK(left.status == 0);
    CHECK(left.output.find("\n0 exported") == std::string::npos);
    CHECK(left.output.find("ready for fine-tuning") != std::string::npos);
  }
}
