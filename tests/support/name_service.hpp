// Names that only the tests know: in a program that asks for one of them here, getaddrinfo()
// answers from memory, and as the system does for every other name. Any thread.
#pragma once

#include <string>

namespace retort::test {

// Resolves to 127.0.0.2 and then 127.0.0.1.
std::string two_homes();
// How often that was asked for.
int look_ups();

// Resolves to 127.0.0.1; while one of these lives, its look-up hangs, and fails when that is over.
std::string slow_home();
class hanging_look_ups {
 public:
  hanging_look_ups();
  ~hanging_look_ups() { let_go(); }
  void let_go();
  // How many hang.
  int under_way() const;
};

// Cannot be resolved, and is found so without asking a name server: its first label is too long.
std::string no_home();

}  // namespace retort::test
