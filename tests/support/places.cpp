#include "tests/support/places.hpp"

namespace retort::test {

std::string in_source(const std::string& path) { return RETORT_SOURCE_DIR "/" + path; }
std::string in_build(const std::string& path) { return RETORT_BINARY_DIR "/" + path; }

}  // namespace retort::test
