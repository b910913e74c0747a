#include "engine/serve/awaited_servers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace retort::engine {
namespace {

// A run may be at work in the same directory.
constexpr const char* log_prefix = "bench-";

using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_asking{200};
constexpr int most_asked = 20;

result<void> make_directory(const std::string& path) {
  std::error_code ec;
  std::filesystem::create_directories(path, ec);
  if (!ec) return {};
  return error{errc::disk, path + ": " + ec.message()};
}

}  // namespace

result<std::unique_ptr<awaited_servers>> awaited_servers::make(io::executor on, config& of,
                                                               const config& whole, listener told) {
  auto planned = plan_servers(of, &std::getenv);
  if (!planned) return planned.error();
  if (planned->empty()) return std::unique_ptr<awaited_servers>();
  if (auto made = make_directory(of.run_dir); !made) return made.error();
  std::unique_ptr<awaited_servers> out(new awaited_servers(on, std::move(told)));
  for (planned_server& one : *planned) {
    one.log = log_prefix + one.log;
    out->places_.push_back({one.base_url, one.place});
    out->environments_.push_back(environment_of(one, whole));
  }
  out->all_ = std::make_unique<servers>(on, std::move(*planned), of.run_dir, out->events());
  return out;
}

server_events awaited_servers::events() {
  server_events out;
  out.say = [this](const std::string& line) { (were_ready_ ? told_.ended : told_.say)(line); };
  out.turned = [this](const planned_server& of, bool is_ready) {
    if (is_ready) told_.say(of.place + ": ready at " + of.base_url);
    turn(of, is_ready ? state::ready : state::coming);
  };
  out.lost = [this](const planned_server& of, const error& why) {
    turn(of, state::lost);
    told_.lost(of, why);
  };
  return out;
}

awaited_servers::place* awaited_servers::find(const std::string& base_url) {
  const auto found = std::ranges::find(places_, base_url, &place::base_url);
  return found == places_.end() ? nullptr : &*found;
}

std::string awaited_servers::place_of(const std::string& base_url) const {
  const auto found = std::ranges::find(places_, base_url, &place::base_url);
  return found == places_.end() ? "" : found->of;
}

void awaited_servers::turn(const planned_server& of, state now) {
  find(of.base_url)->now = now;
  const auto is_ready = [](const place& one) { return one.now == state::ready; };
  were_ready_ = were_ready_ || std::ranges::all_of(places_, is_ready);
  turned_.call_all();
}

void awaited_servers::start() { all_->start(environments_); }

void awaited_servers::stop() {
  stopped_ = true;
  all_->stop();
  turned_.call_all();
}

bool awaited_servers::is_any_awaited() const {
  return std::ranges::any_of(places_, [&](const place& one) { return is(one, state::coming); });
}

io::awaitable<> wait_for_servers(awaited_servers* all) {
  while (all->is_any_awaited()) co_await io::wait_in(&all->turned_);
}

// That it has ended is seen a moment after its connections have.
io::awaitable<> wait_for_server(awaited_servers* all, const std::string* base_url) {
  using state = awaited_servers::state;
  const awaited_servers::place* const of = all->find(*base_url);
  if (!of) co_return;
  const auto which = static_cast<std::size_t>(of - all->places_.data());
  bool is_ready = false;
  for (int asked = 0; asked < most_asked && !is_ready && !all->stopped_; ++asked) {
    if (asked > 0) co_await io::sleep_until(all->on_, clock::now() + between_asking);
    while (all->is(*of, state::coming)) co_await io::wait_in(&all->turned_);
    if (!all->is(*of, state::ready)) co_return;
    co_await ask_whether_ready(all->all_.get(), which, &is_ready);
  }
}

}  // namespace retort::engine
