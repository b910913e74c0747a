#include "engine/record/beginnings.hpp"

#include <doctest/doctest.h>

#include <boost/asio/io_context.hpp>

using namespace retort;
using namespace retort::engine;

namespace {

std::string beginning(const config& settings, std::string_view text,
                      const std::string& problem = "") {
  boost::asio::io_context context;
  const shared_run run(settings, context.get_executor(), step_prompts::make(settings).value(),
                       assessor::make(settings).value());
  return beginnings_of(run)({4, 0, 1, text, problem});
}

config asking(const std::string& system, const std::string& user) {
  config out;
  out.prompt.system = system;
  out.prompt.user = user;
  out.models.resize(1);
  out.models[0].provider = "openai";
  return out;
}

}  // namespace

TEST_CASE("a row begins as its rendered messages do, who speaks among it") {
  const config two = asking("Read: {{doc}}", "{{q}}");
  const std::string both = beginning(two, R"({"doc": "A tale.", "q": "Who?"})");
  CHECK(both == std::string("system\0Read: A tale.\0user\0Who?\0", 31));
}

TEST_CASE("a row that is no prompt has no beginning, and is nobody's fault here") {
  const config two = asking("Read: {{doc}}", "{{q}}");
  CHECK(beginning(two, R"({"doc": "A tale."})") == "");
  CHECK(beginning(two, "{") == "");
  CHECK(beginning(two, "") == "");
  CHECK(beginning(two, R"({"doc": "A tale.", "q": "Who?"})", "it is a bad row") == "");
}

TEST_CASE("of a long prompt no more than its first 64 KB count") {
  const config long_one = asking("{{doc}}", "{{q}}");
  const std::string row = R"({"q": "Who?", "doc": ")" + std::string(200'000, 'x') + "\"}";
  CHECK(beginning(long_one, row).size() == 64 << 10);
}
