// What is a style sheet to a program? Something to import for its effect: the bundler gathers them.
declare module '*.css';
