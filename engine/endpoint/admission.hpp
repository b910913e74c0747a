// The one gate before the wire, of one model entry: which of its endpoints a request may go to now,
// and who goes next when none is free. The decisions are those of entrance (limits, concurrency,
// breaker) and of budget, which are pure; here is what waits: two lines, one of fresh samples and
// one of retries, served in turn, and one timer, armed only while somebody waits for a time to
// come. A permit is held from before the request is sent until its response is read, and never
// during a backoff. One thread: the engine's.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/endpoint/endpoint.hpp"
#include "engine/endpoint/prefix_route.hpp"
#include "engine/quota/budget.hpp"
#include "engine/quota/entrance.hpp"
#include "engine/quota/token_estimate.hpp"
#include "io/base/awaitable.hpp"

namespace retort::engine {

class admission;

// What a request asks for.
struct demand {
  std::size_t prompt_bytes = 0;                  // what the model reads, for the estimate
  std::size_t most_input = 0;                    // request_bound.hpp's; counts with a budget only
  std::optional<std::int64_t> most_output = {};  // the same; nothing: unbounded
  const endpoint* avoid = nullptr;  // has just failed this sample: taken only when no other is free
  bool is_retry = false;
  std::uint64_t prefix = 0;  // which prompts begin alike; 0: it does not matter

  void again(const endpoint& failed) { avoid = &failed, is_retry = true; }
};

// How a request ended, as far as quotas, limits and the budget go.
struct receipt {
  entrance::ending how = entrance::ending::other;
  providers::usage used = {};
  std::optional<std::chrono::milliseconds> retry_after = {};
  bool billed = false;  // or it may have been: then it counts at its worst where usage is not known
};

// A place in flight at one endpoint; given back by give_back(), or on destruction as if the
// endpoint had done its part and nothing was used.
class permit {
 public:
  permit() = default;
  permit(permit&& other) noexcept { swap(other); }
  permit& operator=(permit&& other) noexcept {
    swap(other);
    return *this;
  }
  ~permit();

  explicit operator bool() const { return owner_ != nullptr; }
  endpoint& at() const { return *at_; }
  entrance::time_point began() const { return ticket_.began; }

  // The response is read: frees the place, and corrects what was reserved for it.
  void give_back(const receipt& with);
  // What the response said of quotas.
  void learn(const providers::rate_limits& told);

 private:
  friend class admission;
  void swap(permit& other) noexcept;

  admission* owner_ = nullptr;
  endpoint* at_ = nullptr;
  entrance::ticket ticket_, whole_;  // at the endpoint; at the entry's limits, where it has some
  token_load worst_;
  std::size_t prompt_bytes_ = 0, most_input_ = 0;
};

// What several model entries spend together.
struct purse {
  purse(std::optional<double> usd, std::optional<std::int64_t> tokens) : money(usd, tokens) {}
  budget money;
  // What of it is held for requests in batches, which the next process holds anew.
  budget in_batches{{}, {}};
  std::function<void()> exhausted;  // nothing more can be sent, ever
  std::function<void()> freed;      // there may be room again
};

class admission {
 public:
  using clock = std::chrono::steady_clock;

  // `spend` may be null, and outlives this. `costs`: nothing where the price is not known.
  admission(io::executor on, std::vector<std::unique_ptr<endpoint>> endpoints, purse* spend,
            std::optional<price> costs);

  // Limits that hold for all endpoints together. Before anybody is admitted.
  void limit_whole(const limits_config& stated);
  // The entrance where they are counted; null without such.
  entrance* whole() { return whole_ ? &*whole_ : nullptr; }
  // Another endpoint of the entry.
  void add(std::unique_ptr<endpoint> one) { endpoints_.push_back(std::move(one)); }

  // Of a prompt, for demand::prefix: 0 where one endpoint is as good as another.
  std::uint64_t prefix_of(std::span<const providers::message> prompt);

  // A place, if there is one now. Who came before waits in front, so nobody else may take it.
  permit try_admit(const demand& what);
  // Wakes all who wait, with nothing; from then on nobody is admitted. To be called, and the loop
  // to be run, before the gate is destroyed: who waits then waits for ever.
  void close();
  // Quota, or the budget, is free again somewhere: looks who may go.
  void serve_soon();

  // For requests that go out by the thousand and wait for no place here (mode: batch): whether the
  // budget has room for one that costs at most `worst`, which then must be paid.
  token_load worst_of(const demand& what) const {
    return estimate_.worst(what.most_input, what.most_output);
  }
  bool reserve(const token_load& worst);
  // For one that an earlier process has sent: it must be paid, whether there is room or not.
  void hold(const token_load& worst);
  void pay(const token_load& worst, std::size_t prompt_bytes, const receipt& with);
  bool has_budget() const { return purse_ != nullptr; }

  // Fresh samples that wait; `moved` is called when there are fewer.
  std::size_t waiting() const { return fresh_.size(); }
  std::size_t waiting_retries() const { return retries_.size(); }
  std::function<void()> moved;
  // Called when somebody would go to an endpoint that is away; serve_soon() when it is back.
  std::function<void()> awaited;

  const std::vector<std::unique_ptr<endpoint>>& endpoints() const { return endpoints_; }
  bool is_retired() const;  // every endpoint is, those gone aside
  std::uint64_t in_flight() const;
  std::uint64_t concurrency() const;  // places there would be now, without other limits
  // A quota of tokens holds at one of the endpoints: requests are estimated.
  bool counts_tokens();
  // What held the last one back who was not admitted.
  constraint held_by() const { return held_by_; }
  bool is_held_by_budget() const { return held_by_budget_; }
  const token_estimate& estimate() const { return estimate_; }
  price costs() const { return costs_.value_or(price()); }
  // What has come back has cost so much, as far as the provider counted it; nothing where the price
  // is not known.
  std::optional<double> usd() const {
    return costs_ ? std::optional(paid_.shown().usd) : std::nullopt;
  }
  const budget::amount& paid() const { return paid_; }  // the same, exactly
  // Attempts that may have been billed, of which nobody told the tokens: they are not in that.
  std::uint64_t untold() const { return untold_; }

 private:
  friend class permit;
  friend io::awaitable<permit> admit(admission* where, demand what);

  struct waiter : boost::intrusive::list_base_hook<> {
    explicit waiter(const demand& what) : wanted(what) {}
    demand wanted;
    permit place;
    std::optional<io::waiting_room::handler> next;
  };
  using line = boost::intrusive::list<waiter>;

  permit take(const demand& what, clock::time_point now);
  bool is_open(endpoint& one, const token_load& expected, clock::time_point now);
  endpoint* choose(const demand& what, const token_load& expected, clock::time_point now);
  bool admits_whole(const token_load& expected, clock::time_point now);
  bool afford(const token_load& worst);
  void settle(const token_load& worst, const receipt& with);
  void serve();
  waiter* first();
  void let_go(waiter& one);
  void arm();
  void left(const permit& place, const receipt& with);

  io::executor on_;
  std::vector<std::unique_ptr<endpoint>> endpoints_;
  std::optional<entrance> whole_;
  purse* purse_;
  std::optional<price> costs_;
  budget::amount paid_;
  std::uint64_t untold_ = 0;
  token_estimate estimate_;
  prompt_prefix prefix_;
  std::vector<route_candidate> candidates_;  // scratch

  line fresh_, retries_;
  bool retry_next_ = false;
  bool serving_ = false;
  bool closed_ = false;
  constraint held_by_ = constraint::none;
  bool held_by_budget_ = false;
  clock::time_point again_ = clock::time_point::max();  // when it is worth asking
  io::alarm alarm_;
};

// Waits for a place; nothing when the gate was closed.
io::awaitable<permit> admit(admission* where, demand what);

}  // namespace retort::engine
