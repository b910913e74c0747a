// Names that only the tests know: in a program that asks for one of them here, getaddrinfo()
// answers from memory, and as the system does for every other name. Any thread.
#pragma once

#include <string>

namespace retort::test {

// Resolves to 127.0.0.2 and then 127.0.0.1.
std::string two_homes();
// How often that was asked for.
int look_ups();

// Cannot be resolved, and is found so without asking a name server: its first label is too long.
std::string no_home();

}  // namespace retort::test
