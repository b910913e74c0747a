#include "tests/support/name_service.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

namespace retort::test {
namespace {

constexpr const char* two_homes_name = "two-homes.test";
std::atomic<int> times_asked{0};

std::mutex slow_mutex;  // of what follows
std::condition_variable let_go_of;
bool hangs = false;
int hanging = 0;

// Whether it hung.
bool hang() {
  std::unique_lock lock(slow_mutex);
  if (!hangs) return false;
  ++hanging;
  let_go_of.wait(lock, [] { return !hangs; });
  --hanging;
  return true;
}

int ask_system(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  static const auto real =
      reinterpret_cast<decltype(&::getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, found);
}

// Both addresses, as one list for freeaddrinfo().
int ask_for_two(const char* service, const addrinfo* hints, addrinfo** found) {
  ++times_asked;
  const int failed = ask_system("127.0.0.2", service, hints, found);
  return failed ? failed : ask_system("127.0.0.1", service, hints, &(*found)->ai_next);
}

}  // namespace

std::string two_homes() { return two_homes_name; }
int look_ups() { return times_asked; }
std::string slow_home() { return "slow-home.test"; }

hanging_look_ups::hanging_look_ups() {
  const std::scoped_lock lock(slow_mutex);
  hangs = true;
}

void hanging_look_ups::let_go() {
  const std::scoped_lock lock(slow_mutex);
  hangs = false;
  let_go_of.notify_all();
}

int hanging_look_ups::under_way() const {
  const std::scoped_lock lock(slow_mutex);
  return hanging;
}

std::string no_home() { return std::string(64, 'x') + ".test"; }

}  // namespace retort::test

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using namespace retort::test;
  if (node && node == two_homes()) return ask_for_two(service, hints, found);
  if (node && node == slow_home()) {
    return hang() ? EAI_AGAIN : ask_system("127.0.0.1", service, hints, found);
  }
  return ask_system(node, service, hints, found);
}
