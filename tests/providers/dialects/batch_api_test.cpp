// What servers say of batches, where it is not what it should be.
#include "providers/dialects/batch_api.hpp"

#include <doctest/doctest.h>

#include "providers/dialects/registry.hpp"

using namespace retort;
using namespace retort::providers;

namespace {

const batch_api& api(std::string_view name) { return *find_provider(name)->batch; }

batch_status read_status(std::string_view name, std::string body) {
  io::http_response response;
  response.status = 200;
  response.body = std::move(body);
  const auto read = api(name).read_status(response);
  REQUIRE(read.has_value());
  return *read;
}

}  // namespace

TEST_CASE("an id that a server made up cannot break out of the request line") {
  const std::string id = "a b\r\nx: y/z";
  CHECK(api("openai").status(id).target == "/batches/a%20b%0D%0Ax%3A%20y%2Fz");
  CHECK(api("anthropic").status(id).target == "/messages/batches/a%20b%0D%0Ax%3A%20y%2Fz");
  const auto openai =
      read_status("openai", R"({"id":"b","status":"completed","output_file_id":"f\r\n"})");
  CHECK(openai.results == std::vector<std::string>{"/files/f%0D%0A/content"});
  const auto anthropic = read_status(
      "anthropic", R"({"id":"b ","processing_status":"ended","results_url":"https://h/"})");
  CHECK(anthropic.results == std::vector<std::string>{"/messages/batches/b%20/results"});
}

TEST_CASE("ids as they are made stay as they are") {
  CHECK(api("openai").status("batch_6a-B.c~1").target == "/batches/batch_6a-B.c~1");
}

TEST_CASE("times and counts beyond all measure do no harm") {
  const std::string most = "9223372036854775807";
  const auto openai =
      read_status("openai", R"({"id":"b","status":"in_progress","created_at":)" + most + "}");
  CHECK(openai.created > std::chrono::system_clock::time_point());
  const auto anthropic = read_status(
      "anthropic", R"({"id":"b","processing_status":"ended","request_counts":{"succeeded":)" +
                       most + R"(,"errored":)" + most + "}}");
  CHECK(anthropic.requests > 0);
}
