#include "engine/run/shared_quota.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

std::vector<std::string> warnings(const std::string& models) {
  const auto made = parse_config(
      "run: t\ndataset: {path: a.jsonl}\nprompt: {user: u}\nmodels: [" + models + "]\n", "c.yaml",
      {});
  REQUIRE_MESSAGE(made.has_value(), made.error().message);
  return warn_of_unshared_quotas(*made);
}

}  // namespace

TEST_CASE("endpoints that come and go and share limits which state none are warned of") {
  const auto found = warnings(
      R"({provider: openai, model: m, endpoints: {srv: _http._tcp.h}, limits: {shared: "redis://h"}},
         {provider: openai, model: n, endpoints: {srv: _http._tcp.h}, limits: {shared: "redis://h", share: 0.5}})");
  REQUIRE(found.size() == 2);
  CHECK(found[0] ==
        "models[0]: limits.shared shares no quota, as its endpoints come and go and its limits "
        "state none: expected rps, rpm, tpm or concurrency beside it");
  CHECK(found[1].starts_with("models[1]: "));
}

TEST_CASE("who has something to share is not") {
  for (
      const char* models : {
          R"({provider: openai, model: m, endpoints: {srv: _http._tcp.h}})",
          R"({provider: openai, model: m, endpoints: {srv: _http._tcp.h}, limits: {shared: "redis://h", tpm: 9}})",
          R"({provider: openai, model: m, endpoints: {srv: _http._tcp.h}, concurrency: 4, limits: {shared: "redis://h"}})",
          R"({provider: openai, model: m, base_url: "http://h/v1", limits: {shared: "redis://h"}})",
      }) {
    CAPTURE(models);
    CHECK(warnings(models).empty());
  }
}
