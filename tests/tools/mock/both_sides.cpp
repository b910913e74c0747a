#include "tests/tools/mock/both_sides.hpp"

#include <doctest/doctest.h>

#include "io/http/http_parser.hpp"
#include "providers/dialects/registry.hpp"

namespace retort::test {
namespace {

using providers::delivery;

// "name: value" lines, each ended by CRLF.
std::vector<mock::header_field> fields_of(std::string_view lines) {
  std::vector<mock::header_field> fields;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find("\r\n"));
    const std::size_t colon = line.find(": ");
    fields.push_back({line.substr(0, colon), line.substr(colon + 2)});
    lines.remove_prefix(line.size() + 2);
  }
  return fields;
}

// As much of it as there is.
io::http_response read_response(std::string_view wire) {
  io::http_response response;
  io::http_parser parser(&response);
  while (!wire.empty() && !parser.done()) {
    const auto taken = parser.feed(wire);
    REQUIRE(taken.has_value());
    if (*taken == 0) break;
    wire.remove_prefix(*taken);
  }
  return response;
}

}  // namespace

both_sides::both_sides(const mock::options& chosen)
    : service_(mock::service::make(chosen, tally, [this] { return now; }).value()) {}

int both_sides::post(std::string_view target, std::string_view body, std::string_view headers) {
  mock::request asked;
  asked.method = "POST";
  asked.target = target;
  asked.fields = fields_of(headers);
  asked.body = body;
  mock::reaction made = service_->react(asked);
  service_->settle(made);
  wire = made.bytes;
  for (const std::string& bytes : made.later) wire += bytes;
  writes = 1 + made.later.size();
  response = read_response(wire);
  return response.status;
}

providers::outcome both_sides::ask(std::string_view provider, std::string_view prompt,
                                   const providers::sampling& asked, delivery how) {
  const providers::dialect* const client = providers::find_dialect(provider);
  REQUIRE(client != nullptr);
  const std::vector<providers::message> messages = {{"system", "Be brief."},
                                                    {"user", std::string(prompt)}};
  std::string body;
  client->append_body({"m", messages, asked, how}, body);
  post("/v1" + client->target("m", how), body, client->headers("sesame"));
  const auto wall = std::chrono::system_clock::now();
  if (how == delivery::whole || response.status != 200) return client->parse(response, wall);
  const auto reader = client->read_stream();
  reader->feed(response.body);
  pieces = reader->pieces();
  return reader->finish(response, wall);
}

providers::outcome both_sides::stream(std::string_view provider, std::string_view prompt,
                                      const providers::sampling& asked) {
  return ask(provider, prompt, asked, delivery::stream);
}

}  // namespace retort::test
