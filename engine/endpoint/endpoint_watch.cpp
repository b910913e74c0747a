#include "engine/endpoint/endpoint_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/config/config_models.hpp"

namespace retort::engine {
namespace {

std::set<std::string> places_of(const std::vector<std::string>& urls) {
  std::set<std::string> out;
  for (const auto& one : urls) out.insert(io::one_spelling(one));
  return out;
}

}  // namespace

endpoint_watch::endpoint_watch(io::executor on, admission* gate,
                               std::unique_ptr<endpoint_source> source, io::environment environment,
                               std::function<void(const std::string&)> say)
    : on_(on),
      gate_(gate),
      source_(std::move(source)),
      environment_(std::move(environment)),
      say_(std::move(say)),
      alarm_(on) {
  for (const auto& one : gate->endpoints()) urls_.push_back(one->name);
}

void endpoint_watch::begin() { wait(); }

void endpoint_watch::end() {
  is_over_ = true;
  alarm_.cancel();
}

void endpoint_watch::wait() {
  alarm_.set(interval, [this] {
    if (is_over_) return;
    look();
    wait();
  });
}

void endpoint_watch::look() {
  const auto seen = source_->look();
  if (!seen) return;
  const result<std::vector<std::string>>& read = *seen;
  const std::string wrong = read ? "" : read.error().message;
  if (std::exchange(told_, wrong) != wrong && !read) {
    say_(fmt::format("{}; the list from before goes on ({})", wrong, urls_.size()));
  }
  if (read && *read != urls_) take(*read);
}

void endpoint_watch::take(const std::vector<std::string>& urls) {
  const std::size_t gone = let_go(urls);
  const auto come = static_cast<std::size_t>(
      std::ranges::count_if(urls, [this](const auto& url) { return bring_in(url); }));
  urls_ = urls;
  renew_retired();
  say_(fmt::format("{}: endpoints from now on: {}, new: {}, gone: {}", source_->name(), urls.size(),
                   come, gone));
  gate_->serve_soon();
  if (gate_->moved) gate_->moved();
}

std::size_t endpoint_watch::let_go(const std::vector<std::string>& urls) {
  const auto places = places_of(urls);
  std::size_t gone = 0;
  for (const auto& one : gate_->endpoints()) {
    if (!places.contains(one->place)) gone += !std::exchange(one->is_gone, true);
  }
  return gone;
}

// Where nobody else is left, who was taken out of use gets another chance, or the run would wait
// for ever.
void endpoint_watch::renew_retired() {
  if (!gate_->is_retired()) return;
  for (const auto& one : gate_->endpoints()) one->is_gone = true;
  for (const std::string& url : urls_) bring_in(url);
}

// One that comes back after it was taken out of use is another one.
bool endpoint_watch::bring_in(const std::string& url) {
  const std::string place = io::one_spelling(url);
  for (const auto& one : gate_->endpoints()) {
    if (one->place != place || (one->is_gone && one->retired)) continue;
    return std::exchange(one->is_gone, false);
  }
  const endpoint& like = *gate_->endpoints().front();
  const auto at = endpoints_at({&url, 1}, *like.model);
  auto made = make_endpoint_beside(like, at.front(), on_, environment_);
  if (!made) {
    say_(url + " is left out: " + made.error().message);
    return false;
  }
  gate_->add(std::move(*made));
  return true;
}

}  // namespace retort::engine
