# AUTHZD_PORTABLE: programs that run on any distribution with glibc 2.36 and OpenSSL 3. Included before
# the modules, which find the same packages again and get these targets. What stays dynamic, and why:
# daemon/docs/releasing.md; check_portable.py holds the programs to it.
set(AUTHZD_STATIC_LIBRARIES "${PROJECT_BINARY_DIR}/static" CACHE PATH
    "The folder that static_libraries.sh made")

add_link_options(-static-libstdc++ -static-libgcc)
set(CMAKE_SKIP_RPATH ON)

# use_static(<target> <archive>): the imported target links the archive in place of a shared library.
function(use_static target archive)
  if(NOT EXISTS ${archive})
    message(FATAL_ERROR "there is no ${archive}; run systemd/release/static_libraries.sh "
                        "${AUTHZD_STATIC_LIBRARIES} first")
  endif()
  set_property(TARGET ${target} APPEND PROPERTY IMPORTED_CONFIGURATIONS RELWITHDEBINFO)
  set_target_properties(${target} PROPERTIES
    IMPORTED_LOCATION_RELWITHDEBINFO ${archive} IMPORTED_SONAME_RELWITHDEBINFO "")
endfunction()

find_package(yaml-cpp REQUIRED)
find_library(AUTHZD_YAML_ARCHIVE libyaml-cpp.a REQUIRED)
use_static(yaml-cpp ${AUTHZD_YAML_ARCHIVE})
find_package(simdjson REQUIRED)
use_static(simdjson::simdjson ${AUTHZD_STATIC_LIBRARIES}/libsimdjson.a)
find_library(SQLite3_LIBRARY libsqlite3.a REQUIRED)
set(PROMETHEUS_LIBRARY ${AUTHZD_STATIC_LIBRARIES}/libprometheus-cpp-core.a CACHE FILEPATH "")

# spdlog and fmt have no archives in Debian, but work from their headers.
find_package(Threads REQUIRED)
add_library(authzd_spdlog INTERFACE)
target_compile_definitions(authzd_spdlog INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)
target_link_libraries(authzd_spdlog INTERFACE Threads::Threads)
set(AUTHZD_SPDLOG authzd_spdlog)
