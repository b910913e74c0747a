// Admission end to end: the real `retort` against providers that enforce quotas, die and return.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <filesystem>

#include "tests/support/eventually.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::size_t records = 300;
constexpr char accepted[] = "run/finetuning_data.jsonl";

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

std::string endpoint_of(const mock::server& provider, std::string_view limits) {
  return fmt::format("{{base_url: \"{}\", ca_file: ca-{}.pem, limits: {{{}}}}}",
                     provider.base_url(), provider.port(), limits);
}

// A run over several providers.
struct pool {
  explicit pool(std::vector<mock::options> chosen) : run(records) {
    for (auto& one : chosen) add(one);
  }
  void add(const mock::options& chosen) {
    auto started = mock::server::start(chosen);
    REQUIRE(started.has_value());
    run.files().file(fmt::format("ca-{}.pem", (*started)->port()), (*started)->ca_pem());
    providers.push_back(std::move(*started));
  }
  // The entry's own address goes, since each endpoint has one.
  std::vector<std::string> flags(const std::vector<std::string>& limits) const {
    std::string list;
    for (std::size_t i = 0; i < providers.size(); ++i) {
      list += (i ? ", " : "") + endpoint_of(*providers[i], limits[i]);
    }
    return {"--set", "models=[{provider: openai, model: m, endpoints: [" + list + "]}]"};
  }
  std::uint64_t answered(std::size_t i) const { return providers[i]->snapshot().answered; }

  rehearsal run;
  std::vector<std::unique_ptr<mock::server>> providers;
};

mock::options limited(double rpm) {
  mock::options chosen;
  chosen.rpm = rpm;
  chosen.burst_s = 2;
  chosen.latency_ms = 5;
  return chosen;
}

}  // namespace

TEST_CASE("a stated quota that the provider enforces is kept: no 429") {
  const rehearsal run(records, limited(12'000));
  const outcome left =
      run.run({"--set", "models.0.limits={rpm: 12000}", "--set", "models.0.concurrency="});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(run.seen().rate_limited == 0);
  CHECK(mentions(left.output, "bound by: "));
  CHECK(mentions(left.output, "request quota"));
}

TEST_CASE("a quota that only the headers tell is learned") {
  const rehearsal run(records, limited(12'000));
  const outcome left = run.run({"--set", "models.0.concurrency="});
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(run.sorted_lines(accepted).size() == records);
  CHECK(run.seen().rate_limited < records / 10);
}

TEST_CASE("load is spread over endpoints by their quotas, and the ledger says who answered") {
  const pool all({limited(3000), limited(6000), limited(15000)});
  const outcome left = all.run.run(all.flags({"rpm: 3000", "rpm: 6000", "rpm: 15000"}));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(all.run.sorted_lines(accepted).size() == records);
  CHECK(all.answered(0) < all.answered(1));
  CHECK(all.answered(1) < all.answered(2));
  CHECK(all.answered(0) + all.answered(1) + all.answered(2) == records);
  const std::string ledger = all.run.content("run/ledger.jsonl");
  for (const auto& one : all.providers) {
    CHECK(mentions(ledger, fmt::format("\"endpoint\":\"{}\"", one->base_url())));
  }
}

TEST_CASE("an endpoint that nobody answers at costs nothing but time") {
  pool all({limited(30'000), limited(30'000)});
  const auto flags = all.flags({"concurrency: 4", "concurrency: 4"});
  all.providers.pop_back();  // its port is refused from now on
  const outcome left = all.run.run(flags);
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(all.run.sorted_lines(accepted).size() == records);
  CHECK(all.answered(0) == records);
  CHECK(mentions(left.errors, "does not answer, and is tried every few seconds"));
}

TEST_CASE("an endpoint with a wrong key is given up, the others go on") {
  mock::options locked = limited(30'000);
  locked.api_key_env = "THE_KEY";
  ::setenv("THE_KEY", "sk-right", 1);
  const pool all({locked, limited(30'000)});
  const outcome left = all.run.run(all.flags({"concurrency: 4", "concurrency: 4"}));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(all.run.sorted_lines(accepted).size() == records);
  CHECK(all.answered(1) == records);
  CHECK(mentions(left.errors, "is not used any more: "));
}

TEST_CASE("a budget is not passed, and a higher one goes on") {
  mock::options chosen;
  chosen.latency_ms = 2;
  chosen.output_tokens = 50;
  const rehearsal run(records, chosen);
  const auto with = [](std::int64_t tokens) {
    return std::vector<std::string>{"--set", fmt::format("budget.tokens={}", tokens), "--set",
                                    "sampling.max_tokens=200"};
  };
  constexpr std::int64_t cap = 6000;
  start_options told;
  for (const char* bad : {"75x", "2", "126", "-3"}) {
    told.environment = {{"RETORT_BUDGET_STATUS", bad}};
    const outcome refused = run.run(with(cap), told);
    CHECK(refused.status == 2);
    CHECK(refused.errors == fmt::format("retort: RETORT_BUDGET_STATUS is \"{}\"; expected the exit "
                                        "status for a used-up budget, from 3 to 125\n",
                                        bad));
  }
  const outcome left = run.run(with(cap));
  CHECK(left.status == 75);
  told.environment = {{"RETORT_BUDGET_STATUS", "76"}};
  CHECK(run.run(with(cap), told).status == 76);
  CHECK(mentions(left.output, "the budget is used up"));
  const auto spent = [&run] {
    return static_cast<std::int64_t>(run.seen().prompt_tokens + run.seen().completion_tokens);
  };
  CHECK(spent() <= cap);
  CHECK(spent() > cap / 2);

  const std::int64_t before = spent();
  CHECK(run.run(with(cap)).status == 75);  // nothing is left
  CHECK(spent() == before);
  CHECK(run.run(with(1'000'000)).status == 0);
  CHECK(run.seen().repeats == 0);
  CHECK(run.sorted_lines(accepted).size() == records);
}

TEST_CASE("a budget holds for all processes of a run, failed attempts among what they spend") {
  mock::options chosen;
  chosen.invalid_json = 0.5;  // paid for all the same
  rehearsal run(records, chosen);
  constexpr std::int64_t cap = 1200;
  const auto with = [](std::int64_t tokens) {
    return std::vector<std::string>{"--set", fmt::format("budget.tokens={}", tokens), "--set",
                                    "sampling.max_tokens=20"};
  };
  CHECK(run.run(with(cap)).status == 75);
  const auto sent = run.seen().requests;
  CHECK(sent > 4);
  for (int i = 0; i < 3; ++i) {
    const outcome left = run.run(with(cap));
    INFO(left.errors);
    CHECK(left.status == 75);
  }
  CHECK(run.seen().requests == sent);  // nothing is left
  CHECK(run.content("run/spending.json").find("beyond_ledger") != std::string::npos);
  run.replace_provider({});
  CHECK(run.run(with(1'000'000)).status == 0);
}

TEST_CASE("what was under way when a run was killed counts as spent") {
  mock::options chosen;
  chosen.latency_ms = 60'000;
  rehearsal run(records, chosen);
  const auto with = [](std::int64_t tokens) {
    return std::vector<std::string>{"--set", fmt::format("budget.tokens={}", tokens), "--set",
                                    "sampling.max_tokens=20"};
  };
  child_process child = run.start_run(with(1200));
  const auto note = [&run] {
    const std::string path = run.path("run/spending.json");
    return std::filesystem::exists(path) ? run.content("run/spending.json") : std::string();
  };
  REQUIRE(eventually([&] {
    return run.seen().requests > 0 &&
           note().find(R"("under_way":{"tokens":0,)") == std::string::npos && !note().empty();
  }));
  child.signal(SIGKILL);
  child.wait();
  run.replace_provider({});
  const outcome left = run.run(with(1200));
  INFO(left.errors);
  CHECK(left.status == 75);
  CHECK(mentions(left.errors,
                 "tokens count as spent for what was under way when the process before"));
  CHECK(run.run(with(1'000'000)).status == 0);
  CHECK(run.sorted_lines(accepted).size() == records);
}

TEST_CASE("what was paid stays what it was, whatever prices come to be") {
  const rehearsal run(records);
  const auto with = [](int price, double usd) {
    std::vector<std::string> out = {
        "--set", fmt::format("models.0.price={{input: {0}, output: {0}}}", price), "--set",
        "sampling.max_tokens=20"};
    if (usd > 0) out.insert(out.end(), {"--set", fmt::format("budget.usd={}", usd)});
    return out;
  };
  const auto spent = [&run] {
    const std::string note = run.content("run/spending.json");
    return note.substr(0, note.find("},") + 1);
  };
  CHECK(run.run(with(1000, 0)).status == 0);
  const std::string first = spent();
  CHECK(mentions(first, R"("spent":{"tokens":)"));
  CHECK(run.run(with(500, 0)).status == 0);
  CHECK(spent() == first);
  CHECK(run.run(with(500, 1'000'000)).status == 0);
  CHECK(spent() == first);
  CHECK(run.seen().requests == records);
}

TEST_CASE("a budget is said not to be hard where nothing bounds an answer, or a tier's price") {
  const rehearsal run(3);
  const std::vector<std::string> budget = {"--set", "budget.tokens=1000000"};
  CHECK(mentions(run.run(budget).errors,
                 "models[0]: without max_tokens an answer may be longer than is expected, and the "
                 "budget may be passed: set sampling.max_tokens to make it hard"));
  auto bounded = budget;
  bounded.insert(bounded.end(), {"--set", "sampling.max_tokens=20"});
  CHECK_FALSE(mentions(run.run(bounded).errors, "without max_tokens"));
  const outcome left = run.run({"--set", "budget.usd=1", "--set", "models.0.model=gpt-5.6-luna",
                                "--set", "sampling.extra={service_tier: priority}"});
  CHECK(left.status == 2);
  CHECK(mentions(left.errors,
                 "budget.usd needs the price of gpt-5.6-luna with service_tier priority, as "
                 "sampling.extra asks for it, which is not known: set its price"));
}

TEST_CASE("a dollar budget needs a price") {
  const rehearsal run(3);
  const outcome left = run.run({"--set", "budget.usd=1", "--set", "models.0.model=gpt-5.6-lune"});
  CHECK(left.status == 2);
  CHECK(mentions(left.errors, "budget.usd needs the price of gpt-5.6-lune"));
  CHECK(mentions(left.errors, "(that of gpt-5.6-luna is)"));
  CHECK(run.seen().connections == 0);
}
