#include "engine/limit_search/find_limits.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <utility>

#include "engine/bench/bench_prompts.hpp"
#include "engine/config/prices.hpp"
#include "engine/endpoint/endpoint_source.hpp"
#include "engine/quota/request_bound.hpp"
#include "engine/serve/awaited_servers.hpp"
#include "io/base/unexpected.hpp"
#include "io/process/ending_signals.hpp"

namespace retort::engine {
namespace {

result<void> fit_for(const config& what, const finder_options& options) {
  if (has_steps(what, options.requests)) {
    return error{errc::usage,
                 "steps: --find-limits asks single questions; expected made-up ones "
                 "(--input-tokens), or a config without steps"};
  }
  for (const model_config& one : what.models) {
    if (one.batch) return error{errc::usage, "mode: batch: a batch has no limits to find"};
    if (!options.spend.usd) continue;
    if (const auto known = price_of(one); !known) {
      return error{
          errc::usage,
          fmt::format("--spend in usd needs the price of {}{}, which is not known: set "
                      "models[].price, or state requests (500req)",
                      one.model, one.special_rate.empty() ? "" : " with " + one.special_rate)};
    }
    if (!options.requests.output && !most_output(what.sampling)) {
      return error{
          errc::usage,
          "--spend in usd needs sampling.max_tokens: without it an answer may cost anything"};
    }
  }
  return {};
}

config own_of(const config& what, const finder_options& options) {
  config own = what;
  own.judges.clear();  // limits of their own are not what was asked for
  own.evaluate.clear();
  for (model_config& one : own.models) one.stream = options.requests.streams;
  return own;
}

// One endpoint after the other, behind the servers that are started for it.
class finding {
 public:
  finding(config own, const finder_options& options) : own_(std::move(own)), options_(options) {}

  result<void> prepare(const config& whole,
                       const std::map<std::size_t, embedded_provider>& embedded,
                       const std::function<void(const std::string&)>& say);
  result<std::vector<found_limits>> perform();

 private:
  friend io::awaitable<> find_one(finding* all, endpoint* to);
  friend io::awaitable<> find_everywhere(finding* all);

  result<void> plan_serving(const config& whole);
  void lose(const error& why);
  void stop();
  bool is_over() const { return is_cut_ || lost_; }

  config own_;
  finder_options options_;
  std::function<void(const std::string&)> say_;
  std::vector<asked_prompt> prompts_;
  io::asio::io_context context_{1};
  io::signal_set signals_{context_.get_executor()};
  std::vector<std::unique_ptr<endpoint>> endpoints_;
  std::unique_ptr<awaited_servers> serving_;  // null: none is started
  std::function<void()> stop_current_;        // of the search under way
  bool is_cut_ = false;
  std::optional<error> lost_;  // a server that never was ready
  std::vector<found_limits> found_;
};

result<void> finding::prepare(const config& whole,
                              const std::map<std::size_t, embedded_provider>& embedded,
                              const std::function<void(const std::string&)>& say) {
  say_ = say;
  if (auto found = find_services(own_); !found) return found;
  if (!options_.requests.input) {
    auto made = prompts_of(own_);
    if (!made) return made.error();
    prompts_ = std::move(*made);
    options_.requests.input = length_rule{256, 0};  // of the longer prompts
  }
  if (auto planned = plan_serving(whole); !planned) return planned;
  auto endpoints = make_endpoints(own_, embedded, context_.get_executor(),
                                  [](const char* name) { return std::getenv(name); });
  if (!endpoints) return endpoints.error();
  endpoints_ = std::move(*endpoints);
  found_.reserve(endpoints_.size());
  return {};
}

result<void> finding::plan_serving(const config& whole) {
  awaited_servers::listener told;
  told.say = told.ended = say_;
  told.lost = [this](const planned_server&, const error& why) { lose(why); };
  auto made = awaited_servers::make(context_.get_executor(), own_, whole, std::move(told));
  if (!made) return made.error();
  serving_ = std::move(*made);
  return {};
}

// What is given up later fails as any endpoint.
void finding::lose(const error& why) {
  if (why.code != errc::usage) return say_(why.message);
  if (lost_) return;
  lost_ = error{why.code, why.message + (found_.empty() ? "; nothing was sent" : "")};
  stop();
}

void finding::stop() {
  if (stop_current_) stop_current_();
  if (serving_) serving_->stop();
}

io::awaitable<> find_one(finding* all, endpoint* to) {
  all->say_(fmt::format("{} {}: looking for its limits", to->name, to->model->model));
  all->found_.push_back({to->name, to->model->model, "", {}, 0, {}, false});
  found_limits* const into = &all->found_.back();
  const search_setting how = {
      all->context_.get_executor(), to,        &all->options_, &all->prompts_,
      &all->own_.sampling,          &all->say_};
  co_await find_at(&how, into, &all->stop_current_);
  to->client->stop();
}

io::awaitable<> find_everywhere(finding* all) {
  if (all->serving_) {
    all->serving_->start();
    co_await wait_for_servers(all->serving_.get());
  }
  for (const auto& to : all->endpoints_) {
    if (all->serving_) co_await wait_for_server(all->serving_.get(), &to->name);
    if (all->is_over()) break;
    co_await find_one(all, to.get());
  }
}

result<std::vector<found_limits>> finding::perform() {
  io::add_ending_signals(signals_);
  signals_.async_wait([this](const boost::system::error_code& ec, int) {
    if (ec) return;
    io::let_next_signal_end(signals_);
    is_cut_ = true;
    stop();
  });
  std::exception_ptr unexpected;
  io::asio::co_spawn(context_, find_everywhere(this), [&](std::exception_ptr thrown) {
    unexpected = thrown;
    stop_current_ = nullptr;
    signals_.cancel();
    for (const auto& to : endpoints_) to->client->stop();
    if (serving_) serving_->stop();
  });
  context_.run();
  if (unexpected) return io::explain(unexpected);
  if (lost_) return *lost_;
  if (is_cut_ && found_.empty()) {
    const endpoint& first = *endpoints_.front();
    found_.push_back({first.name, first.model->model, "", {}, 0, {}, true});
  }
  return std::move(found_);
}

}  // namespace

result<std::vector<found_limits>> find_limits(
    const config& what, const finder_options& options,
    const std::map<std::size_t, embedded_provider>& embedded,
    const std::function<void(const std::string&)>& say) {
  if (auto fit = fit_for(what, options); !fit) return fit.error();
  finding all(own_of(what, options), options);
  if (auto prepared = all.prepare(what, embedded, say); !prepared) return prepared.error();
  return all.perform();
}

}  // namespace retort::engine
