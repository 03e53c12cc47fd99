// Carries the precompiled header of the tests (cmake/SlipwayModule.cmake). It is never run.
int main() {}
