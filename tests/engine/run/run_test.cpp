#include "engine/run/run.hpp"

#include <doctest/doctest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "engine/directory/run_directory.hpp"
#include "engine/directory/run_facts.hpp"
#include "engine/look/comparison.hpp"
#include "tests/support/answering_peer.hpp"
#include "tests/support/dns_server.hpp"
#include "tests/support/evaluators.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/mock/server/server.hpp"

using namespace retort;
using namespace retort::engine;
using test::content_of;
using test::sum_row;
using test::sum_rows;

namespace {

// A mock provider over real HTTPS, and a config that knows it.
struct set_up {
  explicit set_up(const mock::options& options = {}) {
    auto started = mock::server::start(options);
    REQUIRE_MESSAGE(started.has_value(), started.error().message);
    server = std::move(*started);
    settings.run = "a";
    settings.run_dir = directory.path() + "/runs/a";
    settings.dataset.paths = {directory.file("data.jsonl", sum_rows(0, 20))};
    settings.dataset.id = "id";
    settings.prompt.user = "{{question}}";
    settings.reference = {"{{answer}}", {}};
    settings.evaluate.resize(1);
    settings.evaluate[0] = test::configured("json_field", {{"path", "answer"}});
    settings.models.resize(1);
    settings.models[0].provider = "openai";
    settings.models[0].model = "m";
    settings.models[0].base_url = server->base_url();
    settings.models[0].ca_file = directory.file("ca.pem", server->ca_pem());
    settings.durability = durability::flush;
    options_.display = display_kind::plain;
  }

  result<run_summary> run() { return engine::run(settings, options_); }
  run_summary done() {
    auto summary = run();
    REQUIRE_MESSAGE(summary.has_value(), summary.error().message);
    return *summary;
  }
  std::vector<sample> ledger() const {
    return test::samples_in(settings.run_dir + "/ledger.jsonl");
  }
  run_facts facts() const { return read_facts({settings.run_dir}).value().value(); }

  test::temporary_directory directory;
  std::unique_ptr<mock::server> server;
  config settings;
  run_options options_;
};

}  // namespace

TEST_CASE("a run asks for every record once, and its views are what the summary says") {
  mock::options options;
  options.wrong = 0.3;
  set_up one(options);
  one.settings.models[0].limits.concurrency = 4;
  one.settings.outputs[0].rejected = true;
  const run_summary summary = one.done();
  CHECK(summary.status == exit_status::done);
  CHECK(summary.reason == "");
  CHECK(summary.counts.accepted + summary.counts.rejected.all() == 20);
  CHECK(summary.counts.rejected.all() > 0);
  CHECK(summary.last.total == 20);
  CHECK(summary.last.requests == 20);
  CHECK(one.ledger().size() == 20);
  const auto lines = [](const std::string& path) {
    const std::string text = content_of(path);
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  };
  CHECK(lines(summary.views.at(0).path) == summary.counts.accepted);
  CHECK(lines(summary.views.at(1).path) == summary.counts.rejected.all());
  const auto seen = one.server->snapshot();
  CHECK(seen.requests == 20);
  CHECK(seen.repeats == 0);
  CHECK(seen.peak_in_flight <= 4);
  CHECK(seen.connections <= 4);
}

TEST_CASE("the same run again asks for nothing, and for no more than was appended") {
  set_up one;
  const std::string view = one.done().views.at(0).path;
  const std::string before = content_of(view);
  const run_summary again = one.done();
  CHECK(again.status == exit_status::done);
  CHECK(again.last.requests == 0);
  CHECK(again.last.resumed == 20);
  CHECK(again.counts.accepted == 20);
  CHECK(content_of(view) == before);

  one.directory.file("data.jsonl", sum_rows(0, 23));
  CHECK(one.done().last.requests == 3);
  CHECK(content_of(view).starts_with(before));
  CHECK(one.server->snapshot().repeats == 0);
}

TEST_CASE(
    "a limit below what the ledger holds takes nothing back, and asks for no more beyond it") {
  set_up one;
  CHECK(one.done().last.requests == 20);
  CHECK(one.facts().records == 20);
  one.settings.samples.n = 2;
  one.settings.dataset.limit = 5;
  for (const std::uint64_t asked : {5, 0}) {
    const run_summary more = one.done();
    CHECK(more.status == exit_status::done);
    CHECK(more.last.requests == asked);
    CHECK(more.last.total == 25);
    CHECK(more.last.done() == 25);
    CHECK(more.counts.accepted == 25);
    CHECK(one.ledger().size() == 25);
    // They are of more records than it has counted.
    CHECK_FALSE(one.facts().records.has_value());
    one.settings.filter.max_length = 1'000'000;  // read anew, which costs nothing
  }
  one.directory.file("data.jsonl", sum_rows(0, 19) + sum_row(99) + '\n');
  CHECK(one.run().error().code == errc::mismatch);  // also there
  one.directory.file("data.jsonl", sum_rows(0, 20));
  one.settings.dataset.limit.reset();
  CHECK(one.done().last.requests == 15);
  CHECK(one.facts().records == 20);
}

TEST_CASE("while samples back off no more are in flight than there are places") {
  mock::options options;
  options.error_503 = 0.3;
  set_up one(options);
  one.settings.models[0].limits.concurrency = 2;
  one.settings.attempts = 20;
  const run_summary summary = one.done();
  CHECK(summary.counts.accepted == 20);
  CHECK(summary.last.retries == one.server->snapshot().of(mock::fault::error_503));
  CHECK(summary.last.retries > 0);
  CHECK(one.server->snapshot().peak_in_flight <= 2);
}

TEST_CASE("a wrong key stops the run as bad input; nothing is written as failed") {
  REQUIRE(::setenv("RETORT_TEST_RIGHT_KEY", "sk-right", 1) == 0);
  REQUIRE(::setenv("RETORT_TEST_WRONG_KEY", "sk-wrong", 1) == 0);
  mock::options options;
  options.api_key_env = "RETORT_TEST_RIGHT_KEY";
  set_up one(options);
  one.settings.models[0].api_key_env = "RETORT_TEST_WRONG_KEY";
  const run_summary wrong = one.done();
  CHECK(wrong.status == exit_status::bad_input);
  CHECK(wrong.reason ==
        "openai m: authentication (HTTP 401): Incorrect API key provided. (invalid_api_key)");
  CHECK(one.ledger().empty());
  CHECK(wrong.counts.failed == 0);

  one.settings.models[0].api_key_env = "RETORT_TEST_RIGHT_KEY";
  CHECK(one.done().status == exit_status::done);
  CHECK(one.ledger().size() == 20);
}

TEST_CASE("a server that nobody vouches for stops the run before anything is asked") {
  set_up one;
  const set_up other;
  one.settings.models[0].ca_file = other.settings.models[0].ca_file;
  const run_summary summary = one.done();
  CHECK(summary.status == exit_status::bad_input);
  CHECK(summary.reason != "");
  CHECK(one.ledger().empty());
  CHECK(one.server->snapshot().requests == 0);
}

TEST_CASE("a signal while a name server is waited for is one line, and the run is not begun") {
  test::dns_server names({});
  names.be_silent();
  set_up one;
  one.settings.models[0].base_url = "http://_http._tcp.s.test/v1";
  one.settings.models[0].endpoints_srv = "_http._tcp.s.test";
  one.options_.name_server = names.at();
  std::thread other([&] {
    CHECK(test::eventually([&] { return names.asked() > 0; }));
    ::kill(::getpid(), SIGTERM);
  });
  const auto left = one.run();
  other.join();
  REQUIRE_FALSE(left.has_value());
  CHECK(left.error().code == errc::cancelled);
  CHECK(left.error().message ==
        "SIGTERM: stopped before anything was sent; the same command starts again");
  CHECK_FALSE(std::filesystem::exists(one.settings.run_dir));
}

TEST_CASE("more failed samples than are tolerated are told by the exit status") {
  mock::options options;
  options.invalid_json = 0.3;
  for (const auto& [tolerated, status] :
       {std::pair{20, exit_status::done}, std::pair{0, exit_status::samples_failed}}) {
    set_up one(options);
    one.settings.attempts = 1;
    one.settings.max_failed = static_cast<std::uint64_t>(tolerated);
    const run_summary summary = one.done();
    CHECK(summary.status == status);
    CHECK(summary.counts.failed > 0);
    CHECK(one.ledger().size() == 20);
  }
}

TEST_CASE(
    "samples that failed beside enough accepted ones are no failures, and nobody asks again") {
  mock::options options;
  options.invalid_json = 0.5;
  set_up one(options);
  one.settings.attempts = 1;
  one.settings.samples.n = 4;
  const run_summary broken = one.done();
  CHECK(broken.status == exit_status::samples_failed);
  CHECK(broken.counts.failed > 20);
  one.settings.samples.until_accepted = 1;
  auto healthy = mock::server::start({});
  REQUIRE(healthy.has_value());
  one.server = std::move(*healthy);
  one.settings.models[0].base_url = one.server->base_url();
  one.settings.models[0].ca_file = one.directory.file("ca.pem", one.server->ca_pem());
  for (const bool is_first : {true, false}) {
    const run_summary summary = one.done();
    CHECK(summary.status == exit_status::done);
    CHECK(summary.counts.failed == 0);
    CHECK(summary.last.failed == 0);
    CHECK(summary.last.done() == summary.counts.accepted);
    CHECK(summary.counts.accepted >= 20);
    if (!is_first) CHECK(summary.last.requests == 0);
    CHECK(summary.last.requests < 20);
  }
}

TEST_CASE("the live count of failures, the summary's and a comparison's are one") {
  mock::options options;
  options.invalid_json = 0.5;
  set_up one(options);
  one.settings.attempts = 1;
  one.settings.samples.n = 6;
  one.settings.samples.until_accepted = 1;
  one.settings.samples.parallel = 2;
  for (const std::uint64_t limit : {10, 20}) {
    one.settings.dataset.limit = limit;
    const run_summary summary = one.done();
    CHECK(summary.counts.accepted + summary.counts.failed >= limit);
    CHECK(summary.last.failed == summary.counts.failed);
    const auto seen = compare_runs({look_at(one.settings.run_dir).value().value()});
    REQUIRE(seen.has_value());
    CHECK(seen->rows.at(0).failed == summary.counts.failed);
  }
  const auto lines = one.ledger();
  CHECK(std::ranges::any_of(lines, [](const sample& each) { return each.failure.has_value(); }));
}

TEST_CASE("a run that cannot be is refused before anything is sent or made") {
  set_up one;
  const config good = one.settings;
  struct {
    errc code;
    std::function<void(config&)> spoil;
  } const table[] = {
      {errc::usage, [](config& run) { run.prompt.user = "{{"; }},
      {errc::usage,
       [](config& run) {
         run.evaluate[0] = test::configured("numeric", {{"pattern", "("}});
       }},
      {errc::usage, [](config& run) { run.models[0].api_key_env = "RETORT_TEST_UNSET"; }},
      {errc::unreadable, [](config& run) { run.models[0].ca_file = "/missing"; }},
      {errc::unreadable, [](config& run) { run.dataset.paths = {"/missing.jsonl"}; }},
  };
  for (const auto& [code, spoil] : table) {
    one.settings = good;
    spoil(one.settings);
    const auto refused = one.run();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == code);
    CHECK_FALSE(std::filesystem::exists(good.run_dir));
  }
  CHECK(one.server->snapshot().requests == 0);
}

TEST_CASE("another dataset, another config and a directory in use are refused") {
  set_up one;
  one.settings.dataset.limit = 3;
  one.done();
  const config good = one.settings;
  one.settings.sampling.temperature = 1;
  CHECK(one.run().error().code == errc::mismatch);
  one.settings = good;
  {
    const auto held = io::ledger_log::open(good.run_dir + "/ledger.jsonl", {});
    REQUIRE(held.has_value());
    CHECK(one.run().error().code == errc::busy);
  }
  one.directory.file("data.jsonl", sum_row(9) + '\n' + sum_rows(1, 20));
  CHECK(one.run().error().code == errc::mismatch);
  CHECK(one.server->snapshot().requests == 3);

  one.options_.fresh = true;
  const run_summary fresh = one.done();
  CHECK(fresh.moved_to == good.run_dir + ".1");
  CHECK(fresh.last.requests == 3);
  CHECK(std::filesystem::exists(good.run_dir + ".1/ledger.jsonl"));
}

TEST_CASE("another filter makes other views without a request") {
  mock::options options;
  options.wrong = 0.5;
  set_up one(options);
  const run_summary strict = one.done();
  REQUIRE(strict.counts.rejected.all() > 0);
  one.settings.filter.only_correct = false;
  const run_summary open = one.done();
  CHECK(open.last.requests == 0);
  CHECK(open.counts.accepted == 20);
}

TEST_CASE("a budget holds for all processes of a run, also where no usage is told") {
  std::string text = "short";
  // More bytes than max_tokens: the lines tell of more than was charged.
  SUBCASE("long answers") { text.assign(500, 'x'); }
  SUBCASE("short answers") {}
  boost::asio::io_context context{1};
  std::atomic<int> asked = 0;
  test::answering_peer peer(context.get_executor(), [&](const test::http_request&) {
    ++asked;
    return test::http_answer(
        200, R"({"choices":[{"message":{"content":")" + text + R"("},"finish_reason":"stop"}]})");
  });
  std::thread other([&] { context.run(); });
  set_up one;
  one.settings.models[0].base_url = peer.base_url();
  one.settings.models[0].ca_file.clear();
  one.settings.sampling.max_tokens = 16;
  one.settings.budget.tokens = 1500;
  const run_summary first = one.done();
  CHECK(first.status == exit_status::stopped);
  CHECK(first.spent_tokens > 0);
  CHECK(first.spent_tokens <= 1500);
  CHECK_FALSE(first.spent_usd.has_value());
  const int sent = asked;
  for (int i = 0; i < 3; ++i) {
    const run_summary again = one.done();
    CHECK(again.status == exit_status::stopped);
    CHECK(again.spent_tokens == first.spent_tokens);
  }
  CHECK(asked == sent);
  // What the note held is in the lines as well, as far as they tell: at a byte for each token.
  std::filesystem::remove(run_directory{one.settings.run_dir}.spending());
  const run_summary without = one.done();
  CHECK((without.spent_tokens <= 1500 || text.size() > 16));
  one.settings.budget.tokens = 1'000'000;
  CHECK(one.done().status == exit_status::done);
  CHECK(asked == 20);
  context.stop();
  other.join();
}
