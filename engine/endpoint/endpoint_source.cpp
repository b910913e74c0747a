#include "engine/endpoint/endpoint_source.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <future>
#include <utility>

#include "engine/config/config_models.hpp"

namespace retort::engine {
namespace {

using clock = std::chrono::steady_clock;
using found_places = std::future<result<io::service_records>>;

// A file may be written twice within a tick of its clock, or of its server's: what is so young is
// read once more.
constexpr std::time_t young_s = 10;
// A server that is new is not left idle longer than so, whatever the records' lifetime.
constexpr std::chrono::seconds longest_life{60};
constexpr std::chrono::milliseconds look_interval{20};

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
         a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

class listed_in_file : public endpoint_source {
 public:
  explicit listed_in_file(const std::string& path) : path_(path) {}

  const std::string& name() const override { return path_; }
  std::optional<result<urls>> look() override {
    if (!may_have_changed()) return std::nullopt;
    return read_endpoint_lines(path_);
  }

 private:
  bool may_have_changed() {
    struct stat now {};
    if (::stat(path_.c_str(), &now) != 0) return true;
    const bool is_young = std::time(nullptr) - now.st_mtim.tv_sec < young_s;
    return !is_same(std::exchange(seen_, now), now) || is_young;
  }

  std::string path_;
  struct stat seen_ {};  // as it was when it was read last
};

// Asked at one look, and the answer taken at a later one, which may ask again.
class listed_by_name : public endpoint_source {
 public:
  listed_by_name(const model_config& of, std::optional<io::name_server> at)
      : name_(of.endpoints_srv), like_(of.base_url), at_(at) {}

  const std::string& name() const override { return name_; }
  std::optional<result<urls>> look() override {
    const auto now = clock::now();
    std::optional<result<urls>> news;
    if (asked_.valid()) {
      if (asked_.wait_for(clock::duration::zero()) == std::future_status::ready) {
        news = taken(now);
      } else if (now - asked_at_ >= io::service_patience) {
        news = io::unanswered(name_);
      }
    }
    if (!asked_.valid() && now >= next_) {
      asked_ = io::look_up_service(name_, at_);
      asked_at_ = now;
    }
    return news;
  }

 private:
  result<urls> taken(clock::time_point now) {
    const auto found = asked_.get();
    if (!found) return found.error();
    next_ = now + std::min(found->lifetime, longest_life);
    return service_urls(found->places, like_);
  }

  std::string name_, like_;
  std::optional<io::name_server> at_;
  found_places asked_;  // valid while a question is under way
  clock::time_point asked_at_, next_;
};

// Whether the answer is there before `until`. A look-up cannot be ended, but nobody need wait for
// it.
bool is_there(const found_places& answer, clock::time_point until, const io::interrupt* stop) {
  while (!stop || !stop->is_raised()) {
    const auto next = std::min(until, clock::now() + look_interval);
    if (answer.wait_until(next) == std::future_status::ready) return true;
    if (next == until) return false;
  }
  return false;
}

}  // namespace

std::unique_ptr<endpoint_source> source_of(const model_config& model,
                                           std::optional<io::name_server> at) {
  if (!model.endpoints_file.empty()) return std::make_unique<listed_in_file>(model.endpoints_file);
  if (!model.endpoints_srv.empty()) return std::make_unique<listed_by_name>(model, at);
  return nullptr;
}

result<void> find_services(config& of, std::optional<io::name_server> at,
                           const io::interrupt* stop) {
  const auto entries = model_entries(of);
  std::vector<found_places> asked(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].model->endpoints_srv;
    if (!name.empty()) asked[i] = io::look_up_service(name, at);
  }
  const auto until = clock::now() + io::service_patience;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!asked[i].valid()) continue;
    // The entries point into the config, which is the caller's to change.
    auto& model = const_cast<model_config&>(*entries[i].model);
    const bool is_answered = is_there(asked[i], until, stop);
    if (stop && stop->is_raised()) return error{errc::cancelled, "stopped"};
    const auto found = is_answered ? asked[i].get() : io::unanswered(model.endpoints_srv);
    if (!found) {
      return error{errc::usage,
                   fmt::format("{}.endpoints.srv: {}", entries[i].place, found.error().message)};
    }
    model.endpoints = endpoints_at(service_urls(found->places, model.base_url), model);
  }
  return {};
}

}  // namespace retort::engine
