#include "engine/sample/sample_mask.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;

TEST_CASE("no text of a kept sample holds a key") {
  const std::string key = "sk-proj-Ab3dEfGh1jKlMn0pQrStUvWxYz";
  sample one = test::answered(7, key);
  one.id = one.messages[0].content = one.messages[0].reasoning = *one.reference = key;
  auto& answer = one.completion;
  answer.reasoning = answer.refusal = answer.finish_reason = answer.model = answer.request_id = key;
  answer.tool_calls = {{key, key, "{\"a\": \"" + key + "\"}"}};
  answer.logprobs = {{"the ", 0, 0}, {key.substr(0, 10), 0, 0},
                     {"x", 0, 1},    {key.substr(10), 0, 0},
                     {key, 0, 1},    {" end", 0, 0}};
  mask_keys(key_mask({key}), one);
  const std::string line = test::ledger_line_of(one);
  for (std::size_t at = 0; at + 16 <= key.size(); ++at) {
    CHECK(line.find(key.substr(at, 16)) == std::string::npos);
  }
  CHECK(answer.text == "***");
  CHECK(answer.logprobs[0].text == "the ");
  CHECK(answer.logprobs[1].text == "***");
  CHECK(answer.logprobs[3].text == "***");
  CHECK(answer.logprobs[5].text == " end");

  one.reject_detail = "says " + key;
  one.evaluations.push_back({.name = "judge", .detail = key + " is no number"});
  mask_details(key_mask({key}), one);
  CHECK(one.reject_detail == "says ***");
  CHECK(one.evaluations[0].detail == "*** is no number");

  sample failed = test::failed(7, providers::failure_kind::bad_request);
  failed.failure->message = "bad key " + key;
  mask_keys(key_mask({key}), failed);
  CHECK(failed.failure->message == "bad key ***");
}
