// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/cli/console.hpp"

#include "reconciler/base/text.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace authzd {

Console process_console() {
  const char* no_colour = std::getenv("NO_COLOR");
  const bool colour = isatty(STDOUT_FILENO) == 1 && (no_colour == nullptr || *no_colour == '\0');
  const bool people = isatty(STDERR_FILENO) == 1;
  return {std::cin, std::cout, std::cerr, isatty(STDIN_FILENO) == 1 && people, colour, people};
}

bool confirm(const Console& console, std::string_view question) {
  console.err << question << " [yes/no] " << std::flush;
  std::string answer;
  std::getline(console.in, answer);
  const std::string_view word = trim(answer);
  return iequals(word, "yes") || iequals(word, "y");
}

Environment take_environment() {
  constexpr std::array kNames{
      "IBMCLOUD_API_KEY", "IC_API_KEY", "IBMCLOUD_IAM_API_ENDPOINT", "CREDENTIALS_DIRECTORY"};
  Environment environment;
  for (const char* name : kNames) {
    if (const char* value = std::getenv(name); value != nullptr) environment.emplace(name, value);
  }
  unsetenv("IBMCLOUD_API_KEY");
  unsetenv("IC_API_KEY");
  return environment;
}

}  // namespace authzd
