#include "tests/support/name_service.hpp"

#include <dlfcn.h>
#include <netdb.h>

#include <atomic>

namespace retort::test {
namespace {

constexpr const char* two_homes_name = "two-homes.test";
std::atomic<int> times_asked{0};

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
std::string no_home() { return std::string(64, 'x') + ".test"; }

}  // namespace retort::test

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using namespace retort::test;
  if (node && node == two_homes()) return ask_for_two(service, hints, found);
  return ask_system(node, service, hints, found);
}
