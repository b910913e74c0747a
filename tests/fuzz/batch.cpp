// The batch APIs: whatever a server says of batches and in their results can stand in a ledger, and
// the targets made of it in a request line.
#include <algorithm>

#include "providers/dialects/batch_api.hpp"
#include "providers/dialects/registry.hpp"
#include "tests/fuzz/dialect_input.hpp"

using namespace retort;
using namespace retort::fuzz;
using namespace retort::providers;

namespace {

const batch_api& api_for(std::string_view word) {
  const provider* const named = find_provider(word);
  if (named && named->batch) return *named->batch;
  const bool odd = !word.empty() && word.front() % 2 != 0;
  return *find_provider(odd ? "openai" : "anthropic")->batch;
}

void check_target(const api_request& made) {
  const bool fits = std::all_of(made.target.begin(), made.target.end(),
                                [](unsigned char c) { return c > ' ' && c < 127; });
  require(fits, "a target fits into a request line");
}

void check(const batch_api& api, const batch_status& read) {
  check_target(api.status(read.id));
  for (const std::string& each : read.results) check_target(get_request(each));
  require(is_utf8(read.tag), "a tag is valid UTF-8");
  require(read.requests >= -1, "no count of requests is below -1");
  if (read.why) show(outcome(*read.why));
}

void check_responses(const batch_api& api, const io::http_response& response) {
  const auto uploaded = api.read_upload(response);
  if (!uploaded) show(outcome(uploaded.error()));
  const auto status = api.read_status(response);
  if (!status) show(outcome(status.error()));
  if (status) check(api, *status);
  const auto listed = api.read_list(response);
  if (!listed) return void(show(outcome(listed.error())));
  for (const batch_status& each : listed->batches) check(api, each);
  if (!listed->next.empty()) check_target(api.list(listed->next));
}

void check_answers(const batch_api& api, std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const auto answer = api.read_answer(line);
    if (!answer) continue;
    require(is_utf8(answer->custom_id), "a custom_id is valid UTF-8");
    show(answer->what);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const batch_api& api = api_for(input.word(0));
  const io::http_response response = response_in(input);
  check_responses(api, response);
  check_answers(api, response.body);
  return 0;
}
