// Endpoints that stand in a file, which changes while a run goes on (models[].endpoints.file).
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "tests/support/eventually.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

mock::options plain(double stall) {
  mock::options chosen;
  chosen.plain = true;
  chosen.stall = stall;
  return chosen;
}

struct listed : rehearsal {
  listed() : rehearsal(40, plain(1)) { write(provider().base_url() + "\n"); }

  void write(const std::string& text) const {
    files().file("new", text);
    std::filesystem::rename(path("new"), path("endpoints.txt"));
  }
  std::vector<std::string> flags() const {
    return {"--plain", "--set",
            "models=[{provider: openai, model: m, timeout_s: 1, startup_s: 3600, limits: "
            "{concurrency: 8}, "
            "endpoints: {file: endpoints.txt}}]"};
  }
};

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a run goes on where its endpoints are now, and no sample fails of those that are gone") {
  const listed here;
  child_process run = here.start_run(here.flags());
  REQUIRE(eventually([&] { return here.seen().requests >= 4 || !run.is_running(); }));
  here.write("nonsense\n");
  CHECK(eventually([&] {
    return mentions(run.errors(), "the list from before goes on (1)") || !run.is_running();
  }));
  auto other = std::move(mock::server::start(plain(0))).value();
  here.write("# of the other rack\n" + other->base_url() + "/\n");
  const outcome left = finish(std::move(run));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(mentions(left.errors, "endpoints.txt:1: the line is not an http:// or https:// URL"));
  CHECK(mentions(left.errors, "endpoints.txt: endpoints from now on: 1, new: 1, gone: 1"));
  CHECK(mentions(left.output, "40 accepted, 0 rejected, 0 failed"));
  CHECK(other->snapshot().requests >= 40);  // a busy machine may be late
}

TEST_CASE("a list of endpoints that is wrong from the start is told by its line") {
  const listed here;
  here.write("http://a\nftp://b\n");
  const outcome left = here.run(here.flags());
  CHECK(left.status == 2);
  CHECK(
      mentions(left.errors, "models.0.endpoints.file is wrong: endpoints.txt:2: the line is not"));
  CHECK(here.seen().requests == 0);
  std::filesystem::remove(here.path("endpoints.txt"));
  CHECK(mentions(here.run(here.flags()).errors, "endpoints.txt is no file that is there"));
}
