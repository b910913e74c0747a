// Where the source tree and the build are. In one source file, since the two differ from clone to
// clone: the compiler's cache then serves every other file to all of them.
#pragma once

#include <string>

namespace retort::test {

std::string in_source(const std::string& path);  // "README.md" -> "/.../README.md"
std::string in_build(const std::string& path);   // "retort" -> "/.../build/dev/retort"

}  // namespace retort::test
